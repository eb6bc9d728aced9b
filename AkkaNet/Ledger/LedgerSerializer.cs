using System.Runtime.Serialization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Akka.Actor;
using Akka.Serialization;

namespace AkkaPrivacy.AkkaNet.Ledger;

/// <summary>
/// Writes the ledger's messages, journal events and snapshots as UTF-8 JSON under manifests with a version, such as
/// <c>released/2</c>.
/// </summary>
/// <remarks>Journal events and snapshots pass through as bytes, whatever their form: the account that reads them judges
/// them and says why it cannot. Nothing larger than <c>akkaprivacy.cluster.ledger.max-message-bytes</c> is written or read.</remarks>
internal sealed class LedgerSerializer : SerializerWithStringManifest
{
    private static readonly Dictionary<Type, Form> ByType = new Form[]
    {
        Form.Of("ask-open/1", LedgerMessageJson.Default.OpenAccount),
        Form.Of("ask-release/1", LedgerMessageJson.Default.AskRelease),
        Form.Of("ask-grant/1", LedgerMessageJson.Default.GrantBudget),
        Form.Of("ask-below/1", LedgerMessageJson.Default.MarkBelow),
        Form.Of("ask-status/1", LedgerMessageJson.Default.AskStatus),
        Form.Of("ask-history/1", LedgerMessageJson.Default.AskHistory),
        Form.Of("reply-accepted/1", LedgerMessageJson.Default.Accepted),
        Form.Of("reply-refused/1", LedgerMessageJson.Default.Refused),
        Form.Of("reply-released/1", LedgerMessageJson.Default.Released),
        Form.Of("reply-status/1", LedgerMessageJson.Default.StatusReply),
        Form.Of("reply-history/1", LedgerMessageJson.Default.HistoryReply),
    }.ToDictionary(form => form.Type);

    private static readonly Dictionary<string, Form> ByManifest = ByType.Values.ToDictionary(form => form.Manifest, StringComparer.Ordinal);
    private readonly long _maxBytes;

    /// <summary>Called by Akka.NET.</summary>
    public LedgerSerializer(ExtendedActorSystem system)
        : base(system) => _maxBytes = system.Settings.Config.GetByteSize("akkaprivacy.cluster.ledger.max-message-bytes", null) ?? 4 << 20;

    /// <summary>Part of what is stored: it never changes.</summary>
    public override int Identifier => 840_113;

    /// <inheritdoc />
    public override string Manifest(object o) => o switch
    {
        JournalEvent happened => happened.Form,
        JournalSnapshot snapshot => snapshot.Form,
        _ => ByType.TryGetValue(o.GetType(), out var form) ? form.Manifest : throw Unknown(o.GetType().Name),
    };

    /// <inheritdoc />
    public override byte[] ToBinary(object obj)
    {
        var bytes = obj switch
        {
            JournalEvent happened => happened.Payload,
            JournalSnapshot snapshot => snapshot.Payload,
            _ => ByType.TryGetValue(obj.GetType(), out var form) ? form.Write(obj) : throw Unknown(obj.GetType().Name),
        };
        // A snapshot goes to the store on its own and is not bounded by what the network carries.
        return obj is JournalSnapshot ? bytes : Bounded(bytes);
    }

    /// <inheritdoc />
    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (manifest.StartsWith(JournalSnapshot.Prefix, StringComparison.Ordinal))
        {
            return new JournalSnapshot(manifest, bytes);
        }

        Bounded(bytes);
        if (ByManifest.TryGetValue(manifest, out var form))
        {
            return Read(form, bytes);
        }

        return manifest.StartsWith("ask-", StringComparison.Ordinal) || manifest.StartsWith("reply-", StringComparison.Ordinal)
            ? throw Unknown(manifest)
            : new JournalEvent(manifest, bytes);
    }

    private static object Read(Form form, byte[] bytes)
    {
        try
        {
            return form.Read(bytes);
        }
        catch (Exception failure) when (failure is JsonException or FormatException or ArgumentException or InvalidOperationException or OverflowException)
        {
            // Their messages can quote the payload, so only the type of failure is told.
            throw new SerializationException($"A message '{form.Manifest}' of the ledger is malformed ({failure.GetType().Name}) and was dropped.");
        }
    }

    private static SerializationException Unknown(string what) =>
        new($"'{what}' is no message of this version of the ledger and was dropped; a newer version may have sent it.");

    private byte[] Bounded(byte[] bytes) => bytes.Length <= _maxBytes
        ? bytes
        : throw new SerializationException($"A message of the ledger has {bytes.Length} bytes; akkaprivacy.cluster.ledger.max-message-bytes allows {_maxBytes}. It was dropped.");

    private sealed record Form(Type Type, string Manifest, Func<object, byte[]> Write, Func<byte[], object> Read)
    {
        public static Form Of<T>(string manifest, JsonTypeInfo<T> info)
            where T : ILedgerWire => new(
                typeof(T),
                manifest,
                value => JsonSerializer.SerializeToUtf8Bytes((T)value, info),
                bytes => JsonSerializer.Deserialize(bytes, info) ?? throw new FormatException("it is null"));
    }
}
