"""Addresses of the till API, below /api/v1/."""

from django.urls import path, register_converter

from clyo_ingest import api, exports_api
from clyo_ingest.converters import AnyCaseUuid

register_converter(AnyCaseUuid, "any_case_uuid")

urlpatterns = [
    path("pair", api.PairView.as_view()),
    path("key/rotate", api.RotateKeyView.as_view()),
    path("till", api.TillView.as_view()),
    path("activation", api.ActivationView.as_view()),
    path("parameters", api.ParametersView.as_view()),
    path("closings", api.ClosingsView.as_view()),
    path("closings/<any_case_uuid:closing_id>", api.ClosingView.as_view()),
    path("exports", exports_api.ExportsView.as_view()),
    path("exports/<any_case_uuid:export_id>", exports_api.ExportView.as_view()),
    path("exports/<any_case_uuid:export_id>/file", exports_api.ExportFileView.as_view()),
    path("log", api.LogView.as_view()),
    path("schema", api.SchemaView.as_view()),
]
