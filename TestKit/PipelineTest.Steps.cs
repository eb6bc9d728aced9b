using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.TestKit.Rows;
using AkkaPrivacy.TestKit.Running;

namespace AkkaPrivacy.TestKit;

/// <content>What a test lets happen.</content>
public sealed partial class PipelineTest
{
    /// <summary>Gives lines as they stand in the pipeline's input, and lets the pipeline deal with them. Where a format has a heading,
    /// the first line ever given is the heading and no row.</summary>
    /// <param name="lines">Lines without their endings.</param>
    /// <returns>A task that ends when they have been dealt with.</returns>
    /// <exception cref="InvalidOperationException">The pipeline's source brings columns.</exception>
    public Task FeedLinesAsync(params IEnumerable<string> lines) => FeedAsync(lines, _rows.AddLine);

    /// <summary>Gives records. A property stands for the field, or the name in the source, that is spelled like it but for case,
    /// <c>-</c> and <c>_</c>; properties without such a field are fields outside the data map. For pipelines that parse JSON lines
    /// or that read records.</summary>
    /// <typeparam name="T">The records.</typeparam>
    /// <param name="records">The records.</param>
    /// <returns>A task that ends when they have been dealt with.</returns>
    /// <exception cref="InvalidOperationException">The pipeline reads lines of another format.</exception>
    public Task FeedAsync<T>(params IEnumerable<T> records)
        where T : notnull => FeedAsync(records, record => _rows.AddFields(FieldValues.Of(record)));

    /// <summary>Gives rows as columns.</summary>
    /// <param name="fields">The fields' names.</param>
    /// <param name="rows">The rows, a value for each field; null is missing.</param>
    /// <returns>A task that ends when they have been dealt with.</returns>
    /// <exception cref="ArgumentException">A row has another number of values than there are fields.</exception>
    /// <exception cref="InvalidOperationException">The pipeline reads lines of another format.</exception>
    public Task FeedColumnsAsync(IReadOnlyList<string> fields, params IEnumerable<object?[]> rows) => FeedAsync(rows, row =>
    {
        if (row.Length != fields.Count)
        {
            throw new ArgumentException($"Row {_rows.Count + 1} has {row.Length} values for {fields.Count} fields.", nameof(rows));
        }

        _rows.AddFields([.. fields.Zip(row, (field, value) => (field, value))]);
    });

    /// <summary>Lets virtual time pass. Where arrival stamps come from the clock, windows fire on the way; elsewhere only state
    /// is stored, since windows follow the stamps of rows.</summary>
    /// <param name="by">How long, 0 or more.</param>
    /// <returns>A task that ends when it has passed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 0.</exception>
    public Task AdvanceAsync(TimeSpan by)
    {
        CheckOpen();
        _script.Add((_rows.Count, by, false));
        return _run.AdvanceAsync(by);
    }

    /// <summary>Lets the process end at this moment, without warning, and starts the next one on the same store. It goes on from
    /// the last stored state and reads what follows again.</summary>
    /// <returns>A task that ends when the new process has caught up.</returns>
    public Task CrashAndRestartAsync()
    {
        CheckOpen();
        return _run.CrashAsync();
    }

    /// <summary>Lets the process end at the next firing, at a chosen place of its transaction. The next one is started on the same
    /// store at once and takes the test's step again.</summary>
    /// <param name="point">Where.</param>
    public void CrashAtNextFiring(CrashPoint point) => _run.CrashAt(point);

    /// <summary>Stops the process in order, as a deployment does, and starts the next one on the same store.</summary>
    /// <returns>A task that ends when the new process has caught up.</returns>
    public Task RestartAsync()
    {
        CheckOpen();
        return _run.RestartAsync();
    }

    /// <summary>Ends the input: every window that it covers fires.</summary>
    /// <returns>A task that ends when the run has.</returns>
    public Task CompleteAsync()
    {
        CheckOpen();
        _script.Add((_rows.Count, null, true));
        return _run.CompleteAsync();
    }

    private void CheckOpen()
    {
        if (_run.Summary is not null)
        {
            throw new InvalidOperationException("The input of this test has ended. Make another test.");
        }
    }

    private Task FeedAsync<T>(IEnumerable<T> rows, Action<T> add)
    {
        CheckOpen();
        foreach (var row in rows)
        {
            add(row);
        }

        _script.Add((_rows.Count, null, false));
        return _run.SettleAsync();
    }

    // The same steps once more, from the start, on the same store and with other noise: a stored release must stand.
    private async Task<TestRun> RepeatAsync()
    {
        var rows = _rows.Again();
        var again = new TestRun(Plan with { Settings = Plan.Settings with { Resume = false } }, rows, _store, _options, ~_options.Seed);
        foreach (var (count, advance, isEnd) in _script)
        {
            rows.Reveal(count);
            await (isEnd ? again.CompleteAsync() : advance is { } by ? again.AdvanceAsync(by) : again.SettleAsync()).ConfigureAwait(false);
        }

        await again.AbandonAsync().ConfigureAwait(false);
        return again;
    }
}
