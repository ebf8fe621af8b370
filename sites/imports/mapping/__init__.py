"""Say what the columns and the words of a landlord's own file mean, and keep it for the next file.

A mapping is JSON: ``kind``; ``base``, the shipped profile it starts from; ``reading``, how the file is read;
``headers``, its titles by position; ``columns``, position → field, several columns of one field being joined in
their order; ``values``, field → word → code, empty for rows that are left out; ``constants``, field → the text of
every row; ``options``, those of the importer, and ``projection``, the EPSG code of its X and Y.
"""
