"""What a day costs: stage by stage, each in a process of its own, beside what the machine could do at best."""
