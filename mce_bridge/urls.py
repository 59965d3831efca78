from django.urls import path

from mce_bridge import views
from mce_bridge.login import views as login

urlpatterns = [
    path("auth/mce/login", login.LoginView.as_view()),
    path("auth/mce/callback", login.CallbackView.as_view()),
    path("auth/mce/logout", login.LogoutView.as_view()),
    path("api/business-units", views.BusinessUnitsView.as_view()),
    path("api/business-units/switch", views.SwitchView.as_view()),
    path("api/tenant/business-units", views.TenantUnitsView.as_view()),
    path("api/tenant/business-units/<int:mid>", views.TenantUnitView.as_view()),
    path("api/connections", views.ConnectionsView.as_view()),
    path("api/connections/<uuid:connection_id>", views.ConnectionView.as_view()),
    path("api/connections/<uuid:connection_id>/test", views.TestConnectionView.as_view()),
]
