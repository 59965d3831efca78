from django.urls import path

from console import views

urlpatterns = [
    path("", views.page),
    path("console/vocabulary.json", views.vocabulary),
]
