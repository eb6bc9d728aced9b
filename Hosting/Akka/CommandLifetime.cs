using Microsoft.Extensions.Hosting;

namespace AkkaPrivacy.Hosting.Akka;

/// <summary>The command handles signals itself; a host's own lifetime would end the node before it has drained.</summary>
internal sealed class CommandLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
