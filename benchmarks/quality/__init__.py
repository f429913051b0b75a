"""Which method helps how much: label accuracy of retrieval from each method's picks, beside random ones."""
