"""Tools that other programs bring: a client of the Model Context Protocol."""
