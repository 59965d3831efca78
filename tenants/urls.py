from django.urls import path

from tenants import views

urlpatterns = [
    path("auth/token", views.TokenView.as_view()),
    path("auth/token/refresh", views.RefreshView.as_view()),
    path("auth/logout", views.LogoutView.as_view()),
]
