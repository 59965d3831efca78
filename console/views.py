"""The page, and what it needs that is no part of the API."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from console import policy
from console.vocabulary import vocabulary as words


@require_safe
@never_cache
@ensure_csrf_cookie
def page(request: HttpRequest) -> HttpResponse:
    nonce = policy.new_nonce()
    response = render(request, "console/page.html", {"nonce": nonce})
    response["Content-Security-Policy"] = policy.policy(nonce)
    return response


@require_safe
@cache_control(public=True, max_age=3600)
def vocabulary(request: HttpRequest) -> JsonResponse:
    return JsonResponse(words())
