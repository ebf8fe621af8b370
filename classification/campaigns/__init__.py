"""Run campaigns of diagnosis: a territory's levels at a day, validated by its landlords and frozen."""
