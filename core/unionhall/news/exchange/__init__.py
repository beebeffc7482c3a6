"""Articles that come from elsewhere and go elsewhere: WordPress exports, Markdown folders, JSON lines.

`wxr`, `markdown` and `jsonl_reading` read a format; `arriving` and `restoring` make articles of it, each once, in `batches`.
`leaving` says what an export takes along; `jsonl_writing` and `wxr_writing` write it. The format of our own is `jsonl`.
"""
