//! Computations worth a name; every function here is pure.
