"""Tests of the sandbox that plays the six sources."""
