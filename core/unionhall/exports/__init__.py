"""Lists as spreadsheets: purpose asked, watermarked, gone after a week."""
