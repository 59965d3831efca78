from django.urls import path

from mce_bridge.login import views

urlpatterns = [
    path("login", views.LoginView.as_view()),
    path("callback", views.CallbackView.as_view()),
    path("logout", views.LogoutView.as_view()),
]
