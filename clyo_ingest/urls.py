"""Addresses of the till API, below /api/v1/."""

from django.urls import path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import AllowAny

from clyo_ingest import api, exports_api

urlpatterns = [
    path("pair", api.PairView.as_view()),
    path("key/rotate", api.RotateKeyView.as_view()),
    path("till", api.TillView.as_view()),
    path("activation", api.ActivationView.as_view()),
    path("parameters", api.ParametersView.as_view()),
    path("closings", api.ClosingsView.as_view()),
    path("closings/<uuid:closing_id>", api.ClosingView.as_view()),
    path("exports", exports_api.ExportsView.as_view()),
    path("exports/<uuid:run_id>", exports_api.ExportView.as_view()),
    path("exports/<uuid:run_id>/file", exports_api.ExportFileView.as_view()),
    path("log", api.LogView.as_view()),
    path("schema", SpectacularJSONAPIView.as_view(authentication_classes=[], permission_classes=[AllowAny])),
]
