"""The JSON API: resources that features and plugins contribute, tokens, paging, the OpenAPI document."""
