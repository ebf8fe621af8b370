"""Parse workbooks, archives and GeoJSON in a process of its own, with bounded memory, time and output.

A workbook of a few kilobytes can name a cell at the far corner of its sheet, or unpack to gigabytes; that
ends the process that reads it, whatever Python catches. What is here runs as a program (``__main__``) and
imports nothing of the application.
"""
