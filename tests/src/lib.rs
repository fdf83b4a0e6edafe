//! Nothing: the tests are in `product/`, which is one integration binary.
