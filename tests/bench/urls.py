from django.urls import path
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from qspro import urls


@api_view(["POST"])
@authentication_classes([])
@permission_classes([])
def empty(request: Request) -> Response:
    return Response({})


urlpatterns = [path("bench/empty", empty), *urls.urlpatterns]
