using AkkaPrivacy.Engine.Batches;

namespace AkkaPrivacy.TestKit.Stages;

/// <summary>Writes over what lies in a pool, as the next batches of a running pipeline would.</summary>
internal static class PoolPoison
{
    private const int Columns = 6;
    private const int TextBytes = 16 * 1024;
    private const long Number = 0x5A5A5A5A5A5A5A;

    public static void Spill(BatchPool pool)
    {
        using var batch = pool.RentBatch();
        for (var i = 0; i < Columns; i++)
        {
            var numbers = pool.RentInt64();
            Array.Fill(numbers.Values, Number);
            batch.Set(3 * i, numbers);
            var tokens = pool.RentTokens();
            Array.Fill(tokens.Values, new Token(Number, Number));
            batch.Set((3 * i) + 1, tokens);
            var texts = pool.RentText();
            texts.Arena.Buffer.AsSpan(0, Math.Min(TextBytes, texts.Arena.Buffer.Length)).Fill((byte)'Z');
            Array.Fill(texts.Spans, new TextSpan(0, 1));
            batch.Set((3 * i) + 2, texts);
        }
    }
}
