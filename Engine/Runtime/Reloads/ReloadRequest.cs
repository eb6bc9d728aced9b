using AkkaPrivacy.Engine.Planning;

namespace AkkaPrivacy.Engine.Runtime.Reloads;

/// <summary>A plan that waits for the reader.</summary>
internal sealed class ReloadRequest(PipelinePlan plan, ReloadOptions options)
{
    private readonly TaskCompletionSource<ReloadReport> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PipelinePlan Plan => plan;

    public ReloadOptions Options => options;

    public Task<ReloadReport> Done => _done.Task;

    public void Answer(ReloadReport report) => _done.TrySetResult(report);

    public void Fail(Exception cause) => _done.TrySetException(cause);
}
