using System.Runtime.ExceptionServices;
using AkkaPrivacy.Engine.Batches;

namespace AkkaPrivacy.AkkaNet.Streams.Direct;

/// <summary>Lines between the stream, which adds one after the other, and the reader's loop, which takes them together.
/// Holds as many as fit in a batch.</summary>
internal sealed class LineMailbox(DirectPipeline pipeline)
{
    private const int MostChars = 256 * 1024;
    private readonly Lock _lock = new();
    private readonly TimeProvider _time = pipeline.Options.Time;
    private List<InputLine> _lines = [];
    private long _chars;
    private bool _ended;
    private ExceptionDispatchInfo? _failure;
    private TaskCompletionSource? _changed;

    /// <summary>Called, on any thread, when lines are wanted.</summary>
    public Action? Wanted { get; set; }

    private bool IsFull => _lines.Count >= EventBatch.Capacity || _chars >= MostChars;

    /// <summary>Adds a line.</summary>
    /// <returns>Whether another one is wanted.</returns>
    public bool Add(InputLine line)
    {
        lock (_lock)
        {
            _lines.Add(line);
            _chars += line.Text?.Length ?? 0;
            if (_lines.Count == 1 || IsFull)
            {
                Change();
            }

            return !IsFull;
        }
    }

    /// <summary>No line follows.</summary>
    public void End()
    {
        lock (_lock)
        {
            _ended = true;
            Change();
        }
    }

    /// <summary>What is not taken is lost; the taker fails with the cause.</summary>
    public void Fail(Exception cause)
    {
        lock (_lock)
        {
            _failure ??= ExceptionDispatchInfo.Capture(cause);
            Change();
        }
    }

    /// <summary>Takes what has come: when it fills a batch, or some time after the first line.</summary>
    /// <returns>The lines; none when none came for a while; null at the end.</returns>
    public async ValueTask<List<InputLine>?> TakeAsync(CancellationToken cancellationToken)
    {
        Wanted?.Invoke();
        if (await WaitAsync(() => _lines.Count > 0, pipeline.IdleAfter, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await WaitAsync(() => IsFull, pipeline.GatherFor, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // Who stops reading still gets what has come.
            }
        }

        lock (_lock)
        {
            _failure?.Throw();
            if (_ended && _lines.Count == 0)
            {
                return null;
            }

            var lines = _lines;
            (_lines, _chars) = ([], 0);
            return lines;
        }
    }

    // False when the time was over before.
    private async ValueTask<bool> WaitAsync(Func<bool> condition, TimeSpan atMost, CancellationToken cancellationToken)
    {
        var deadline = _time.GetTimestamp();
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (condition() || _ended || _failure is not null)
                {
                    return true;
                }

                _changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                changed = _changed.Task;
            }

            var left = atMost - _time.GetElapsedTime(deadline);
            if (left <= TimeSpan.Zero)
            {
                return false;
            }

            try
            {
                await changed.WaitAsync(left, _time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return false;
            }
        }
    }

    private void Change()
    {
        _changed?.TrySetResult();
        _changed = null;
    }
}
