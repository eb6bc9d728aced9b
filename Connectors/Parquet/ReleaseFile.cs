using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AkkaPrivacy.Engine.Releases;
using Parquet;
using Parquet.Schema;

namespace AkkaPrivacy.Connectors.Parquet;

/// <summary>One release as a Parquet file.</summary>
internal static class ReleaseFile
{
    /// <summary>What the name of a file ends with that is being written.</summary>
    public const string UnfinishedSuffix = ".part";

    /// <summary>Decimal digits of a value.</summary>
    public const int Digits = 38;

    private const int Places = 9;
    private static readonly JsonSerializerOptions KeyOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly DataField ReleaseId = new DataField<string>("release_id", false);
    private static readonly DataField Pipeline = new DataField<string>("pipeline", false);
    private static readonly DataField Query = new DataField<string>("query", false);
    private static readonly DataField WindowStart = new DataField<DateTime>("window_start", false);
    private static readonly DataField WindowEnd = new DataField<DateTime>("window_end", false);
    private static readonly DataField GroupKey = new DataField<string>("group_key", false);
    private static readonly DataField Value = new DecimalDataField("value", Digits, Places);
    private static readonly DataField Low = new DecimalDataField("low", Digits, Places);
    private static readonly DataField High = new DecimalDataField("high", Digits, Places);
    private static readonly DataField Confidence = new DataField<double>("confidence", false);
    private static readonly DataField Epsilon = new DataField<double>("epsilon", false);
    private static readonly DataField Delta = new DataField<double>("delta", false);

    private static readonly ParquetSchema Schema = new(
        ReleaseId, Pipeline, Query, WindowStart, WindowEnd, GroupKey, Value, Low, High, Confidence, Epsilon, Delta);

    /// <summary>The file's name: query and window for people, and a hash of the whole id.</summary>
    /// <param name="id">The release's id.</param>
    /// <returns>The name.</returns>
    public static string NameOf(ReleaseId id)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id.ToString())).AsSpan(0, 16));
        return string.Create(CultureInfo.InvariantCulture, $"{id.Query}-{id.Window.Start.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-{hash}.parquet");
    }

    /// <summary>Writes the file.</summary>
    /// <param name="release">The release, of one group or more.</param>
    /// <param name="output">Where to; stays open.</param>
    /// <returns>A task that ends when all is written.</returns>
    public static async Task WriteAsync(Release release, Stream output)
    {
        var writer = await ParquetWriter.CreateAsync(Schema, output).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            using var rows = writer.CreateRowGroup();
            var groups = release.Groups;
            await rows.WriteAsync(ReleaseId, Same(groups, release.Id.ToString())).ConfigureAwait(false);
            await rows.WriteAsync(Pipeline, Same(groups, release.Id.Pipeline)).ConfigureAwait(false);
            await rows.WriteAsync(Query, Same(groups, release.Id.Query)).ConfigureAwait(false);
            await rows.WriteAsync<DateTime>(WindowStart, Same(groups, release.Id.Window.Start.UtcDateTime)).ConfigureAwait(false);
            await rows.WriteAsync<DateTime>(WindowEnd, Same(groups, release.Id.Window.End.UtcDateTime)).ConfigureAwait(false);
            await rows.WriteAsync(GroupKey, Each(groups, group => JsonSerializer.Serialize(group.Key, KeyOptions))).ConfigureAwait(false);
            await rows.WriteAsync<decimal>(Value, Each(groups, group => group.Value)).ConfigureAwait(false);
            await rows.WriteAsync<decimal>(Low, Each(groups, group => group.Low)).ConfigureAwait(false);
            await rows.WriteAsync<decimal>(High, Each(groups, group => group.High)).ConfigureAwait(false);
            await rows.WriteAsync<double>(Confidence, Same(groups, release.Confidence)).ConfigureAwait(false);
            await rows.WriteAsync<double>(Epsilon, Same(groups, release.Receipt.Cost.Epsilon)).ConfigureAwait(false);
            await rows.WriteAsync<double>(Delta, Same(groups, release.Receipt.Cost.Delta)).ConfigureAwait(false);
            rows.CompleteValidate();
        }
    }

    private static T[] Same<T>(IReadOnlyList<ReleasedGroup> groups, T value) => Each(groups, _ => value);

    private static T[] Each<T>(IReadOnlyList<ReleasedGroup> groups, Func<ReleasedGroup, T> value) => [.. groups.Select(value)];
}
