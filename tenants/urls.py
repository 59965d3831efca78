from django.urls import path

from tenants.views import api_keys, audit, members, tokens

urlpatterns = [
    path("auth/token", tokens.TokenView.as_view()),
    path("auth/token/refresh", tokens.RefreshView.as_view()),
    path("auth/logout", tokens.LogoutView.as_view()),
    path("api-keys", api_keys.ApiKeysView.as_view()),
    path("api-keys/<uuid:api_key_id>", api_keys.ApiKeyView.as_view()),
    path("members", members.MembersView.as_view()),
    path("members/<uuid:user_id>", members.MemberView.as_view()),
    path("members/<uuid:user_id>/business-units/<int:mid>", members.MemberUnitView.as_view()),
    path("audit", audit.AuditView.as_view()),
]
