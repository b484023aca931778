"""How does a notebook become a page with its tables beside it?

chapters     which notebooks are there, in the order of the story?
settings     a notebook of the package, and the values in its first cell
shown        has every cell shown what it is for?
figures      a notebook's figure as wide as the window allows, in words for who cannot see it
for_readers  a table on a phone, and read aloud
links        where does a link to another notebook lead?
page         an executed notebook as one page that needs no network
listed       what a list of pages says of an executed notebook
index        the list of all pages
written      run a notebook on a table; pages and tables are written together, all or none
"""
