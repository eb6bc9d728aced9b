using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.LoadTests.Compare.Window;

/// <summary>Batches of one window, made once: page views by subjects of equal activity.</summary>
internal sealed class WindowWorkload
{
    /// <summary>Slot of the subject.</summary>
    public const int SubjectSlot = 2;

    /// <summary>Slot of the key.</summary>
    public const int KeySlot = 3;

    private const int Seed = 20260301;
    private const int TimeStepRows = 64;
    private readonly EventBatch[] _batches;

    /// <summary>Makes the batches.</summary>
    /// <param name="rows">Rows in all; rounded down to full batches.</param>
    /// <param name="subjects">Number of subjects.</param>
    /// <param name="keys">Number of keys.</param>
    /// <param name="zipf">Exponent of Zipf's law for keys; 0 for equal shares.</param>
    /// <param name="keysPerSubject">How many different keys a subject visits at most; 0 when each row draws its own.</param>
    public WindowWorkload(int rows, int subjects, int keys, double zipf, int keysPerSubject)
    {
        var random = new Random(Seed);
        Token[] tokens = [.. Enumerable.Range(0, subjects).Select(_ => new Token((ulong)random.NextInt64(), (ulong)random.NextInt64()))];
        byte[][] names = [.. Enumerable.Range(0, keys).Select(i => Encoding.UTF8.GetBytes($"/page/{i}"))];
        var draw = new KeyDraw(keys, zipf);
        int[][] visited = [.. Enumerable.Range(0, subjects).Select(_ => Enumerable.Range(0, keysPerSubject).Select(_ => draw.Next(random)).ToArray())];
        Func<int, int> key = keysPerSubject == 0 ? _ => draw.Next(random) : subject => visited[subject][random.Next(keysPerSubject)];
        _batches = [.. Enumerable.Range(0, rows / EventBatch.Capacity).Select(i => Fill(random, tokens, names, key, i))];
    }

    /// <summary>The pool of all batches.</summary>
    public BatchPool Pool { get; } = new();

    /// <summary>Rows in all.</summary>
    public long Rows => (long)_batches.Length * EventBatch.Capacity;

    /// <summary>The batches; share one to give it away.</summary>
    public IReadOnlyList<EventBatch> Batches => _batches;

    private EventBatch Fill(Random random, Token[] tokens, byte[][] names, Func<int, int> key, int index)
    {
        EventBatch batch = Pool.RentBatch();
        batch.SelectAll(EventBatch.Capacity);
        Int64Column times = Pool.RentInt64();
        TokenColumn subjects = Pool.RentTokens();
        TextColumn keys = Pool.RentText();
        for (int i = 0; i < EventBatch.Capacity; i++)
        {
            int subject = random.Next(tokens.Length);
            times.Values[i] = ((index * EventBatch.Capacity) + i) / TimeStepRows;
            subjects.Values[i] = tokens[subject];
            keys.Spans[i] = keys.Arena.Append(names[key(subject)]);
        }

        batch.Set(RowSchema.EventTime, times);
        batch.Set(SubjectSlot, subjects);
        batch.Set(KeySlot, keys);
        return batch;
    }
}
