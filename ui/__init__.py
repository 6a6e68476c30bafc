"""The pages: each gets what the other rooms' public faces give and draws it."""
