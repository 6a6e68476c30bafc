"""What every document of the corpus owes its reader, checked sentence by sentence."""
