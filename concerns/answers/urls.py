"""Addresses of the pages that answer a letter's question, below /answer/."""

from django.urls import path

from concerns.answers.pages import again, answer_page

app_name = "answers"
urlpatterns = [
    path("<str:secret>", answer_page, name="page"),
    path("<str:secret>/again", again, name="again"),
]
