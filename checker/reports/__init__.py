"""What a Report looks like to people and programs: one module an output."""
