using Akka.Actor;
using Akka.Cluster;

namespace AkkaPrivacy.AkkaNet.Hosting.Join;

/// <summary>Joins a cluster: asks a seed whether this node fits, then becomes a member.</summary>
internal sealed class ClusterJoin(ActorSystem system, ClusterConfiguration configuration)
{
    private readonly ClusterSettings _settings = configuration.Settings;
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(system);

    /// <summary>Ends when this node is up.</summary>
    /// <exception cref="NodeRefusedException">It was refused, or no seed answered in time.</exception>
    public async Task JoinAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_settings.JoinTimeout);
        try
        {
            var up = UpAsync(limit.Token);
            await JoinSeedsAsync(limit.Token).ConfigureAwait(false);
            await up.ConfigureAwait(false);
            await LedgerAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && _cluster.SelfMember.Status == MemberStatus.Up)
        {
            throw new NodeRefusedException(
                $"No node of the cluster has the role '{ClusterSettings.LedgerRole}', so nobody keeps budgets; waited {_settings.JoinTimeout.TotalSeconds:0} s. Start one with that role in akkaprivacy.cluster.node.roles, then this one again.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NodeRefusedException(
                $"Node '{_settings.Name}' did not become a member within {_settings.JoinTimeout.TotalSeconds:0} s: no seed of [{string.Join(", ", _settings.Seeds)}] let it in. Check that one of them runs and can be reached, and that system names are the same.");
        }
    }

    private async Task JoinSeedsAsync(CancellationToken cancellationToken)
    {
        var seeds = _settings.Seeds.Select(Parse).ToList();
        var others = seeds.Where(seed => seed != _cluster.SelfAddress).ToList();
        if (others.Count == 0)
        {
            _cluster.Join(_cluster.SelfAddress);
            return;
        }

        var starts = seeds[0] == _cluster.SelfAddress;
        while (!await AnyWelcomesAsync(others).ConfigureAwait(false) && !starts)
        {
            await Task.Delay(_settings.JoinAttempt / 4, cancellationToken).ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        _cluster.JoinSeedNodes(seeds);
    }

    private async Task<bool> AnyWelcomesAsync(List<Address> seeds)
    {
        var replies = await Task.WhenAll(seeds.Select(AskAsync)).ConfigureAwait(false);
        return replies.FirstOrDefault(reply => reply?.Refusal is not null) is { } refused
            ? throw new NodeRefusedException($"The cluster refused this node: {refused.Refusal}.")
            : replies.Any(reply => reply is not null);
    }

    private async Task<JoinReply?> AskAsync(Address seed)
    {
        try
        {
            var request = new JoinRequest(configuration.Version, configuration.Hash, _settings.Name);
            return await system.ActorSelection(new RootActorPath(seed) / "user" / JoinGate.Name).Ask<JoinReply>(request, _settings.JoinAttempt).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

    private async Task UpAsync(CancellationToken cancellationToken)
    {
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _cluster.RegisterOnMemberUp(up.SetResult);
        _cluster.RegisterOnMemberRemoved(() => up.TrySetException(new NodeRefusedException(
            $"Node '{_settings.Name}' was taken out of the cluster before it was a member: it differs from the others in version or settings, or could not be reached.")));
        await up.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    // Without one, no pipeline would ever be assigned and no budget answered for.
    private async Task LedgerAsync(CancellationToken cancellationToken)
    {
        while (!_cluster.State.Members.Any(member => member.Status == MemberStatus.Up && member.HasRole(ClusterSettings.LedgerRole)))
        {
            await Task.Delay(_settings.JoinAttempt / 4, cancellationToken).ConfigureAwait(false);
        }
    }

    private Address Parse(string seed)
    {
        var colon = seed.LastIndexOf(':');
        return new Address(_cluster.SelfAddress.Protocol, system.Name, seed[..colon], int.Parse(seed.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture));
    }
}
