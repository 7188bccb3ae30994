"""The handbook of `docs/fr` as pages of the console, and the way from each page to its chapter.

`rendering` turns Markdown into HTML, `handbook` reads the books, `searching` finds chapters, `beside` says which
chapter belongs to which page, `states` explains every state there is, `pages` shows all of it, `api_page` is the till
API to read, made of its OpenAPI document.
"""
