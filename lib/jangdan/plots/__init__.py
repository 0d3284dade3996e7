"""Figures as matplotlib Figure objects; nothing here touches pyplot's state or the rcParams."""
