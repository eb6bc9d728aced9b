using System.Text;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Tokenize;
using AkkaPrivacy.Tests.Docs.Examples;

namespace AkkaPrivacy.Tests.Docs;

/// <summary>Made-up visits: as many users as asked for, each with the same rows on one day.</summary>
internal static class Visits
{
    public static ReadOnlyMemory<byte> Lines(int users, params (string Time, string Page, int Times)[] rows)
    {
        var text = new StringBuilder();
        foreach (var (time, page, times) in rows)
        {
            for (var i = 0; i < users * times; i++)
            {
                text.Append($$"""{"time":"2026-03-02T{{time}}:00Z","user":"user-{{i % users}}@example.com","page":"{{page}}","bytes":700}""").Append('\n');
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public static Source<TokenizedRows, NotUsed> Rows(ReadOnlyMemory<byte> lines) =>
        Source.FromLines(() => new MemoryLineSource("visits", lines)).ParseJsonLines(FirstPipeline.Map()).Tokenize();
}
