"""Reads pcapcheck's own YAML files (rules, topologies, causes) into data with line and column."""
