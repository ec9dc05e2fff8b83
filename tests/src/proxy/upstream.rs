use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// The connection that a client's connection uses towards one server, kept between requests.
#[derive(Debug, Default)]
pub(super) struct Upstream(Option<(SocketAddr, TcpStream)>);

impl Upstream {
    /// The kept connection to this address if it still stands, else a new one. It is the caller's until
    /// given back.
    pub(super) fn take(&mut self, address: SocketAddr) -> io::Result<TcpStream> {
        match self.0.take() {
            Some((known, stream)) if known == address && quiet(&stream) => Ok(stream),
            _ => {
                let stream = TcpStream::connect_timeout(&address, Duration::from_secs(5))?;
                stream.set_nodelay(true)?;
                Ok(stream)
            }
        }
    }

    /// Keeps a connection that can carry another request.
    pub(super) fn keep(&mut self, address: SocketAddr, stream: TcpStream) {
        self.0 = Some((address, stream));
    }
}

/// Whether the server has neither closed nor said anything.
fn quiet(stream: &TcpStream) -> bool {
    let quiet = stream.set_nonblocking(true).is_ok()
        && matches!(stream.peek(&mut [0]), Err(error) if error.kind() == io::ErrorKind::WouldBlock);
    stream.set_nonblocking(false).is_ok() && quiet
}
