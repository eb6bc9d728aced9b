using System.Text;
using AkkaPrivacy.Connectors.Csv;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using Xunit;

namespace AkkaPrivacy.Tests.Connectors.Csv;

public sealed class CsvSinkTests : IDisposable
{
    private static readonly Release First = Releases.Make(1, Releases.Group("/a", 5), Releases.Group("=1+2\",\n\u00e4", 2.5m));
    private static readonly Release Second = Releases.Make(2, Releases.Group("/b", 6));
    private static readonly Release Empty = Releases.Make(3);
    private readonly string _folder = Directory.CreateTempSubdirectory("akkaprivacy-").FullName;

    private string FilePath => Path.Combine(_folder, "releases.csv");

    [Fact]
    public async Task OneRowForEachGroupBelowAHeading()
    {
        await PublishAsync(First, Empty);

        Assert.Equal(
            "pipeline,query,window_start,window_end,group_key,value,low,high,confidence,epsilon,delta,release_id\r\n"
            + $"site,page-views,1970-01-01T01:00:00Z,1970-01-01T02:00:00Z,\"[\"\"/a\"\"]\",5,-5,15,0.95,0.5,1E-06,\"{First.Id}\"\r\n"
            + $"site,page-views,1970-01-01T01:00:00Z,1970-01-01T02:00:00Z,\"[\"\"=1+2\\\"\",\\n\u00e4\"\"]\",2.5,-7.5,12.5,0.95,0.5,1E-06,\"{First.Id}\"\r\n",
            await File.ReadAllTextAsync(FilePath));
    }

    [Fact]
    public async Task PublishingAgainChangesNothing()
    {
        await PublishAsync(First, First, Second);
        var before = await File.ReadAllBytesAsync(FilePath);

        await PublishAsync(First, Second);

        Assert.Equal(before, await File.ReadAllBytesAsync(FilePath));
    }

    [Fact]
    public async Task AFileTornAtAnyByteIsRepaired()
    {
        await PublishAsync(First, Second);
        var whole = await File.ReadAllBytesAsync(FilePath);
        for (var length = 0; length < whole.Length; length++)
        {
            await File.WriteAllBytesAsync(FilePath, whole[..length]);
            await PublishAsync(First, Second);

            Assert.Equal(Encoding.UTF8.GetString(whole).ReplaceLineEndings(), (await File.ReadAllTextAsync(FilePath)).ReplaceLineEndings());
        }
    }

    [Theory]
    [InlineData("shopping list\nmilk\n")]
    [InlineData("milk")]
    [InlineData("pipeline,query,window_start,window_end,group_key,value,low,high,confidence,epsilon,delta,release_id\r\nmilk,1\r\n")]
    public async Task AFileOfSomeoneElseIsNotTouched(string content)
    {
        await File.WriteAllTextAsync(FilePath, content);

        var failure = await Assert.ThrowsAsync<SinkException>(() => PublishAsync(First));

        Assert.Contains(FilePath, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("milk", failure.Message, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(FilePath));
    }

    [Fact]
    public async Task AMissingDirectoryIsASinkFailure()
    {
        await using var sink = CsvSink.To(Path.Combine(_folder, "none", "x.csv"));

        var failure = await Assert.ThrowsAsync<SinkException>(async () => await sink.PublishAsync([First], default));

        Assert.Contains(Path.Combine(_folder, "none"), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AStreamGetsEachRowOnceAndStaysOpen()
    {
        using var stream = new MemoryStream();
        await using (var sink = CsvSink.ToStream(stream))
        {
            await sink.PublishAsync([First], default);
            await sink.PublishAsync([First, Second], default);
        }

        Assert.Equal(4, Encoding.UTF8.GetString(stream.ToArray()).Count(letter => letter == '\n'));
        Assert.True(stream.CanWrite);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task PublishAsync(params Release[] releases)
    {
        await using var sink = CsvSink.To(FilePath);
        await sink.PublishAsync(releases, default);
    }
}
