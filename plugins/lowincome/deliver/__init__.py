"""What people and machines read of a day. The only stage that joins masked names back."""
