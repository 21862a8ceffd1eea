//! Costs of destroys on chains made by hand.
