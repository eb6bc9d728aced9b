using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Engine.Ports;

/// <summary>
/// Publishes releases from the outbox, at least once: after a crash the last ones come again, so a sink replaces what
/// it has under the same release id.
/// </summary>
public interface IReleaseSink : IAsyncDisposable
{
    /// <summary>The sink's name, unique in the pipeline; its place in the outbox is kept under it.</summary>
    string Name { get; }

    /// <summary>Publishes releases, in order. When it returns they are durable in the sink's own terms.</summary>
    /// <param name="releases">The releases.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>A task that ends when all are published.</returns>
    ValueTask PublishAsync(IReadOnlyList<Release> releases, CancellationToken cancellationToken);
}
