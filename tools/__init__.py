"""What writes files of the repository: the sample, pages of docs/, and pictures."""
