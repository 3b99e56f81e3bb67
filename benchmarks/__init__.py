"""What the project's speed and memory are measured against: see README.md beside this file."""
