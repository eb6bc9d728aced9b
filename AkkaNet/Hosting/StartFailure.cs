using System.Net.Sockets;

namespace AkkaPrivacy.AkkaNet.Hosting;

/// <summary>Why an actor system could not be made, in words that say what to do.</summary>
internal static class StartFailure
{
    public static NodeRefusedException Of(Exception exception, ClusterSettings settings)
    {
        var address = FormattableString.Invariant($"{settings.Host}:{settings.Port}");
        for (var cause = exception; cause is not null; cause = cause is AggregateException { InnerExceptions: [var first, ..] } ? first : cause.InnerException)
        {
            if (cause is SocketException socket)
            {
                var why = socket.SocketErrorCode switch
                {
                    SocketError.AddressAlreadyInUse => "another process listens there",
                    SocketError.AddressNotAvailable => "it is no address of this machine",
                    SocketError.AccessDenied => "this process may not",
                    var code => code.ToString(),
                };
                return new NodeRefusedException($"The node cannot listen on {address}: {why}. Set akkaprivacy.cluster.node.host and node.port (--port).", exception);
            }
        }

        // Messages of others can quote the configuration, which may hold a password.
        return new NodeRefusedException($"The actor system of the node at {address} cannot be started ({Innermost(exception).GetType().Name}). Check the blocks 'akka' and 'akkaprivacy.dispatchers' of the node's file.", exception);
    }

    private static Exception Innermost(Exception exception) => exception.InnerException is { } inner ? Innermost(inner) : exception;
}
