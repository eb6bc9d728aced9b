using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.Tokenize;

/// <summary>Gathers the places of the selected texts, hashes them in one call, and scatters the tokens.</summary>
/// <param name="input">Slot of the texts; empty afterwards.</param>
/// <param name="output">Slot of the tokens.</param>
/// <param name="treatment">Purpose and normalisation.</param>
internal sealed class TokenizeStage(int input, int output, TokenTreatment treatment) : RowStage
{
    private readonly int[] _rows = new int[EventBatch.Capacity];
    private readonly int[] _offsets = new int[EventBatch.Capacity];
    private readonly int[] _lengths = new int[EventBatch.Capacity];
    private readonly UInt128[] _tokens = new UInt128[EventBatch.Capacity];
    private readonly LowercaseScratch? _lowercase =
        treatment.Normalise == TokenNormalisation.LowercaseAscii ? new LowercaseScratch() : null;

    private HmacSha256Key? _key;

    /// <inheritdoc />
    public override void Start(StageContext context)
    {
        base.Start(context);
        var key = context.Keys.DeriveKey(treatment.Purpose);
        try
        {
            _key = new HmacSha256Key(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <inheritdoc />
    public override void Complete(IOutlet<EventBatch> outlet) => _key?.Dispose();

    /// <inheritdoc />
    public override void Fail(Exception cause) => _key?.Dispose();

    /// <inheritdoc />
    protected override void Process(EventBatch batch)
    {
        var texts = batch.Text(input);
        var tokens = batch.Pool.RentTokens();
        var count = Gather(batch, texts, tokens.Values);
        var data = texts.Arena.Buffer.AsSpan(0, texts.Arena.Length);
        if (count == batch.Count)
        {
            // Every row has a text: the tokens need no scattering.
            Hash(data, count, MemoryMarshal.Cast<Token, UInt128>(tokens.Values.AsSpan(0, count)));
        }
        else
        {
            Hash(data, count, _tokens);
            Scatter(count, tokens.Values);
        }

        batch.Set(output, tokens);
        batch.Drop(input);
    }

    // An empty text names nobody: were it hashed, all rows with an empty cookie would become one subject.
    private int Gather(EventBatch batch, TextColumn texts, Token[] tokens)
    {
        var spans = texts.Spans;
        var count = 0;
        foreach (var row in batch.SelectedRows)
        {
            var span = spans[row];
            if (span.Length <= 0)
            {
                tokens[row] = default;
                continue;
            }

            _rows[count] = row;
            _offsets[count] = span.Offset;
            _lengths[count++] = span.Length;
        }

        return count;
    }

    private void Hash(ReadOnlySpan<byte> data, int count, Span<UInt128> tokens)
    {
        var offsets = _offsets.AsSpan(0, count);
        var lengths = _lengths.AsSpan(0, count);
        if (_lowercase is null)
        {
            HmacSha256MultiBuffer.ComputeTokens(_key!, data, offsets, lengths, tokens);
            return;
        }

        HmacSha256MultiBuffer.ComputeTokens(_key!, _lowercase.Gather(data, offsets, lengths), offsets, lengths, tokens);
        _lowercase.Clear();
    }

    private void Scatter(int count, Token[] tokens)
    {
        var hashed = MemoryMarshal.Cast<UInt128, Token>(_tokens.AsSpan());
        for (var i = 0; i < count; i++)
        {
            tokens[_rows[i]] = hashed[i];
        }
    }
}
