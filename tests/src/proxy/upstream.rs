use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// The connection to one server on behalf of one client connection, kept alive between requests.
#[derive(Debug, Default)]
pub(super) struct Upstream(Option<(SocketAddr, TcpStream)>);

impl Upstream {
    /// The kept connection to this address if it is still open, else a new one. The caller owns it until
    /// it is given back.
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

/// Whether the server has neither closed the connection nor sent anything.
fn quiet(stream: &TcpStream) -> bool {
    let quiet = stream.set_nonblocking(true).is_ok()
        && matches!(stream.peek(&mut [0]), Err(error) if error.kind() == io::ErrorKind::WouldBlock);
    stream.set_nonblocking(false).is_ok() && quiet
}
