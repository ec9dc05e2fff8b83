//! Prints the OpenAPI document of the HTTP contract; `cargo xtask docs` writes it to `docs/openapi.json`.

fn main() {
    println!("{:#}", crowfly_contract::openapi::document());
}
