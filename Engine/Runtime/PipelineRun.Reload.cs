using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime.Reloads;

namespace AkkaPrivacy.Engine.Runtime;

/// <content>Reload: the reader takes up another plan between two batches.</content>
internal sealed partial class PipelineRun
{
    private const string Reloading = "reloading";
    private ReloadRequest? _reload;

    public async Task<ReloadReport> ReloadAsync(PipelineGraph graph, ReloadOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var plan = PipelinePlanner.Plan(graph);
        try
        {
            var request = new ReloadRequest(plan, options ?? new ReloadOptions());
            if (Interlocked.CompareExchange(ref _reload, request, null) is not null)
            {
                throw new PipelineException("Another plan waits to be taken up already. Nothing was changed.");
            }

            using var withdrawal = cancellationToken.Register(() => Withdraw(request, new OperationCanceledException(cancellationToken)));
            _gate.Wake();
            if (_completion.Task.IsCompleted)
            {
                Withdraw(request, Ended());
            }

            return await request.Done.ConfigureAwait(false);
        }
        finally
        {
            // Sinks that came with a plan which is not in force serve nobody.
            await DisposeSinksAsync(Sinks(plan).Except(Sinks(_plan))).ConfigureAwait(false);
        }
    }

    private static PipelineException Ended() => new("The run has ended, or ended before it took up the plan. Nothing was changed.");

    private static IEnumerable<IReleaseSink> Sinks(PipelinePlan plan) =>
        plan.Branches.SelectMany(branch => branch.Queries).SelectMany(query => query.Sinks).Distinct();

    private static async ValueTask DisposeSinksAsync(IEnumerable<IReleaseSink> sinks)
    {
        foreach (var sink in sinks)
        {
            await sink.DisposeAsync().ConfigureAwait(false);
        }
    }

    // What the reader has taken is not withdrawn.
    private void Withdraw(ReloadRequest request, Exception cause)
    {
        if (Interlocked.CompareExchange(ref _reload, null, request) == request)
        {
            request.Fail(cause);
        }
    }

    private void RefuseReload() => Interlocked.Exchange(ref _reload, null)?.Fail(Ended());

    private async ValueTask TakeUpAsync()
    {
        if (Volatile.Read(ref _reload) is null || Interlocked.Exchange(ref _reload, null) is not { } request)
        {
            return;
        }

        try
        {
            await TakeUpAsync(request).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            // Of the run itself, not of the reload.
            request.Fail(failure);
            throw;
        }
        finally
        {
            if (_status.State == Reloading)
            {
                _status.Set(RunStatus.Running);
            }
        }
    }

    private async ValueTask TakeUpAsync(ReloadRequest request)
    {
        // The source and what listens to rows that are left out go on as they are.
        var plan = request.Plan with { Source = _plan.Source, SideOutputs = _plan.SideOutputs };
        await _state.SettleAsync().ConfigureAwait(false);
        if (await TryAsync(request, () => _state.AssessAsync(request.Plan, request.Options)).ConfigureAwait(false) is not (true, var (assessment, report)))
        {
            return;
        }

        if (report.Refusals.Count > 0 || request.Options.DryRun)
        {
            request.Answer(report);
            return;
        }

        _status.Set(Reloading);
        await _state.CheckpointAsync().ConfigureAwait(false);
        if (await _state.HandOverAsync(plan).ConfigureAwait(false) is { } behind)
        {
            request.Answer(report with { Refusals = [behind] });
            return;
        }

        if (await TryAsync(request, () => _state.PrepareAsync(plan, assessment, _supervisor)).ConfigureAwait(false) is (true, { } next)
            && await CommitAsync(request, next).ConfigureAwait(false))
        {
            try
            {
                await SwitchAsync(next).ConfigureAwait(false);
            }
            finally
            {
                request.Answer(report with { Applied = true });
            }
        }
    }

    // A failure of what only the reload needs leaves the run as it is.
    private static async ValueTask<(bool Done, T Result)> TryAsync<T>(ReloadRequest request, Func<ValueTask<T>> work)
    {
        try
        {
            return (true, await work().ConfigureAwait(false));
        }
        catch (Exception failure) when (failure is not (FencedException or OutOfMemoryException))
        {
            request.Fail(failure);
            return (false, default!);
        }
    }

    private async ValueTask<bool> CommitAsync(ReloadRequest request, RunState next)
    {
        try
        {
            await next.CommitMoveAsync(_state).ConfigureAwait(false);
            return true;
        }
        catch (Exception failure)
        {
            await next.AbandonAsync(failure).ConfigureAwait(false);
            if (failure is FencedException or StoreException { Failure: StoreFailure.CommitUnknown })
            {
                // Whether this run or the new plan owns the state is not known here.
                throw;
            }

            request.Fail(failure);
            return false;
        }
    }

    // From here on the new plan is in force, whatever happens.
    private async ValueTask SwitchAsync(RunState next)
    {
        var (before, sinks) = (_state, Sinks(_plan).Except(Sinks(next.Plan)).ToList());
        _plan = next.Plan;
        _supervisor.TakeUp(next.Plan);
        _state = next;
        await before.RetireAsync().ConfigureAwait(false);
        next.CountAnew();
        await DisposeSinksAsync(sinks).ConfigureAwait(false);
        await next.PublishAsync().ConfigureAwait(false);
    }
}
