using AkkaPrivacy.Connectors.Parquet;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using Parquet;
using Xunit;

namespace AkkaPrivacy.Tests.Connectors.Parquet;

public sealed class ParquetSinkTests : IDisposable
{
    private static readonly Release First = Releases.Make(1, Releases.Group("/a", 5), Releases.Group("/b\"\u00e4", 123456789012345.25m));
    private readonly string _folder = Directory.CreateTempSubdirectory("akkaprivacy-").FullName;

    private string Target => Path.Combine(_folder, "out");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task EachReleaseIsAFileWithARowForEachGroup()
    {
        await PublishAsync(First, Releases.Make(2));

        var path = Assert.Single(Directory.GetFiles(Target));
        Assert.Matches("page-views-19700101T010000Z-[0-9a-f]{32}\\.parquet$", path);
        await using var reader = await ParquetReader.CreateAsync(path);
        using var rows = reader.OpenRowGroupReader(0);
        var fields = reader.Schema.DataFields.ToDictionary(field => field.Name);
        var (keys, values, starts, ids) = (new string?[2], new decimal[2], new DateTime[2], new string?[2]);
        await rows.ReadAsync(fields["group_key"], keys.AsMemory());
        await rows.ReadAsync(fields["release_id"], ids.AsMemory());
        await rows.ReadAsync<decimal>(fields["value"], values.AsMemory());
        await rows.ReadAsync<DateTime>(fields["window_start"], starts.AsMemory());
        Assert.Equal<IEnumerable<string?>>(["[\"/a\"]", "[\"/b\\\"\u00e4\"]"], keys);
        Assert.Equal([5m, 123456789012345.25m], values);
        Assert.All(ids, id => Assert.Equal(First.Id.ToString(), id));
        Assert.All(starts, start => Assert.Equal(DateTime.UnixEpoch.AddHours(1), start));
        Assert.Equal(12, fields.Count);
    }

    [Fact]
    public async Task PublishingAgainChangesNothingAndTornFilesAreRemoved()
    {
        await PublishAsync(First, First);
        var path = Assert.Single(Directory.GetFiles(Target));
        var before = await File.ReadAllBytesAsync(path);
        await File.WriteAllBytesAsync(path + ".part", before[..20]);

        await PublishAsync(First);

        Assert.Equal(before, await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(Target))));
    }

    [Fact]
    public async Task AFolderThatIsAFileIsASinkFailure()
    {
        await File.WriteAllTextAsync(Target, "x");

        var failure = await Assert.ThrowsAsync<SinkException>(() => PublishAsync(First));

        Assert.Contains(Target, failure.Message, StringComparison.Ordinal);
    }

    private async Task PublishAsync(params Release[] releases)
    {
        await using var sink = new ParquetSink(Target);
        await sink.PublishAsync(releases, default);
    }
}
