from django.urls import path

from shell_query import completion, download, views

urlpatterns = [
    path("me", views.MeView.as_view()),
    path("runs", views.RunsView.as_view()),
    path("runs/<uuid:run_id>", views.RunView.as_view()),
    path("runs/<uuid:run_id>/events/ticket", views.TicketView.as_view()),
    path("runs/<uuid:run_id>/cancel", views.CancelView.as_view()),
    path("runs/<uuid:run_id>/results", views.ResultsView.as_view()),
    path("runs/<uuid:run_id>/results.csv", download.ResultsCsvView.as_view()),
    path("queries/validate", views.ValidateView.as_view()),
    path("data-extensions", completion.DataExtensionsView.as_view()),
    path("data-extensions/<path:key>/fields", completion.DataExtensionFieldsView.as_view()),
]
