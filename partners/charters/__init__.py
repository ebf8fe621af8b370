"""Write the charter of a territory and its versions, and accept it."""
